import house from './house';
import views from './views';

export default { ...house, ...views };
