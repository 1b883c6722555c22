import rooms from './rooms';
import shell from './shell';
import views from './views';

/** Every text, for types and tests; pages load only the packs they need. */
export default { ...shell, ...rooms, ...views };
