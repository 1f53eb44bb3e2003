/** What an application is written in, by the files that it has. */
export { ecosystemOf } from './ecosystem.js';
