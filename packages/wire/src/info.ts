/** What GET /system/info answers. Clients print every one of these, so none may be empty. */
export interface GatewayInfo {
  readonly provider: { readonly provider: string; readonly orchestration: string; readonly version: Release };
  readonly version: Release;
  readonly arch: string;
}

export interface Release {
  readonly release: string;
  readonly sha: string;
}

/** Node's names of processors, as `uname` spells them, which is what OpenFaaS clients know. */
const archs: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', arm: 'armv7l' };

export function encodeInfo(of: {
  orchestration: string;
  release: string;
  sha: string;
  arch: string;
}): GatewayInfo {
  const version = { release: of.release || 'unknown', sha: of.sha || 'unknown' };
  return {
    provider: { provider: 'wherry', orchestration: of.orchestration || 'process', version },
    version,
    arch: archs[of.arch] ?? (of.arch || 'unknown'),
  };
}
