/** Where a page of the dashboard is. */
export function functionPath(of: { name: string; namespace: string }, tab?: string): string {
  const plain = `/functions/${encodeURIComponent(of.namespace)}/${encodeURIComponent(of.name)}`;
  return tab === undefined ? plain : `${plain}/${tab}`;
}

/** Queries as the explore page takes them. */
export function explorePath(queries: readonly string[]): string {
  return `/explore?${new URLSearchParams(queries.map((text) => ['q', text]))}`;
}
