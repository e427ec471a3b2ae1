/** Which rows a text finds, as exports have it. */
export {
  callWords,
  functionWords,
  instanceWords,
  queuedWords,
  rowSearch,
} from '@wherry/core/rules/row-search';
