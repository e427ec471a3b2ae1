/** The tables that can be exported, and the filters that each has. */
export { type TableName, neverLinked, tableFilters, tableNames } from '@wherry/core/table-filters';
