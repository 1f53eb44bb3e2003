export { at, list, number, string, type Tree, tree } from '@fairway/action-kit/tree';
