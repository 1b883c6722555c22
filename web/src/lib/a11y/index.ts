export { announce, spoken, type Spoken } from './announce';
export { focusOn, focusMain, keepFocus } from './focus';
