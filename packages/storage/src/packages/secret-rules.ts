/** One kind of secret: by the file's name, by what is in it, or by what is in files of a name. */
export interface SecretRule {
  readonly name: string;
  /** What was found, for people; never the thing itself. */
  readonly what: string;
  /** On the path, in lower case. */
  readonly file?: RegExp;
  /** On the content; the first group, or the match, must also look random, so that placeholders pass. */
  readonly text?: RegExp;
}

/**
 * What must not be uploaded. Public keys, certificates and examples (`.env.example`, AWS's own EXAMPLE keys, `xxxx`) pass. Google's
 * `AIza` keys do, too: they stand in every web page that shows a map.
 */
export const secretRules: readonly SecretRule[] = [
  { name: 'env-file', what: 'a file of environment settings', file: /(?:^|\/)\.env(?:$|\.(?!(?:example|sample|template|dist)$))/ },
  { name: 'key-store', what: 'a key store', file: /\.(?:p12|pfx|jks|keystore|kdbx)$/ },
  { name: 'kubeconfig', what: 'a Kubernetes login', file: /(?:^|\/)(?:kubeconfig(?:\.ya?ml)?|[^/]+\.kubeconfig|\.kube\/config)$/ },
  { name: 'cloud-login', what: 'a login', file: /(?:^|\/)(?:\.aws\/credentials|\.git-credentials|application_default_credentials\.json)$/ },
  {
    name: 'kubeconfig',
    what: 'a Kubernetes login',
    text: /^\s*["']?kind["']?\s*:\s*["']?Config\b[^]*?^\s*-?\s*["']?(?:client-key-data|token|password|id-token)["']?\s*:\s*["']?([^\s"']{8,})/m,
  },
  {
    name: 'kubeconfig',
    what: 'a Kubernetes login',
    text: /^\s*-?\s*["']?client-key-data["']?\s*:\s*["']?([A-Za-z0-9+/=]{40,})/m,
  },
  {
    name: 'private-key',
    what: 'a private key',
    // The body may be indented, quoted or written with \n, as in JSON; headers such as Proc-Type may come before it.
    text: /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|["'+,\s])+(?:[A-Z][A-Za-z-]{2,20}: [^\n]{0,200}(?:\\n|\s)+){0,4}([A-Za-z0-9+/=]{32,})/,
  },
  { name: 'private-key', what: 'a private key', text: /^PuTTY-User-Key-File-\d: [^]{1,4000}?^Private-Lines: \d/m },
  { name: 'npm-login', what: 'an npm login', file: /(?:^|\/)\.npmrc$/, text: /_(?:authToken|password|auth)\s*=\s*["']?(?!\$)([^\s"']{8,})/ },
  { name: 'pypi-login', what: 'a login', file: /(?:^|\/)\.(?:pypirc|netrc)$|(?:^|\/)_netrc$/, text: /\bpassword\s*[\s:=]\s*(?!\$)(\S{6,})/ },
  {
    name: 'registry-login',
    what: 'a registry login',
    file: /(?:^|\/)(?:config\.json|\.dockerconfigjson|\.dockercfg)$/,
    text: /"(?:auth|identitytoken)"\s*:\s*"([A-Za-z0-9+/=._-]{8,})"/,
  },
  { name: 'aws-key', what: 'an AWS access key', text: /(?<![A-Za-z0-9+/])((?:AKIA|ASIA)[A-Z2-7]{16})(?![A-Za-z0-9+/=])/ },
  {
    name: 'aws-key',
    what: 'an AWS secret key',
    text: /aws_?secret_?(?:access_?)?key["']?\s*[=:]\s*["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/i,
  },
  { name: 'github-token', what: 'a GitHub token', text: /\b((?:gh[pousr]_[A-Za-z0-9]{36,255})|(?:github_pat_[A-Za-z0-9_]{60,255}))\b/ },
  { name: 'gitlab-token', what: 'a GitLab token', text: /\b(glpat-[A-Za-z0-9_-]{20,})/ },
  { name: 'slack-token', what: 'a Slack token', text: /\b(xox[baprs]-[0-9A-Za-z-]{20,})/ },
  { name: 'stripe-key', what: 'a Stripe key', text: /\b([sr]k_live_[0-9A-Za-z]{24,})/ },
  { name: 'npm-token', what: 'an npm token', text: /\b(npm_[A-Za-z0-9]{36})\b/ },
];
