// A small Bloom filter: whose rows a block may have.

export const bloomBytes = 32;

/** Notes in a block's filter that it has something of a function. */
export function mark(callees: Uint8Array, callee: number): void {
  callees[(callee >> 3) % bloomBytes]! |= 1 << (callee & 7);
}

/** Whether the block may have something of a function: what a damaged filter says may be anything. */
export function mayHold(callees: Uint8Array, callee: number): boolean {
  if (callees.length !== bloomBytes) return true;
  return (callees[(callee >> 3) % bloomBytes]! & (1 << (callee & 7))) !== 0;
}
