/** What is never kept, neither by the gateway nor by a browser: both go by the same rule. */
export { pathWithoutCredentials, withoutCredentials } from '@wherry/core/rules/capturing';
