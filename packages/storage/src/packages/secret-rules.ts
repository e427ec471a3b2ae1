/** One kind of secret: by the file's name, by what is in it, or by what is in files of a name. */
export interface SecretRule {
  readonly name: string;
  /** What was found, for people; never the thing itself. */
  readonly what: string;
  /** On the path, in lower case. */
  readonly file?: RegExp;
  /** On the content, all matches; the first group must also look random, so that placeholders pass. */
  readonly text?: RegExp;
  /** What the content must have besides, anywhere. */
  readonly besides?: RegExp;
}

/**
 * What must not be uploaded. Public keys, certificates and examples (`.env.example`, AWS's own EXAMPLE keys, `xxxx`) pass. Google's
 * `AIza` keys do, too: they stand in every web page that shows a map.
 *
 * Uploads are hostile, so every pattern takes time linear in the text: repetitions are bounded, and no two that follow each
 * other can match the same character. secret-scan.test.ts times them.
 */
export const secretRules: readonly SecretRule[] = [
  {
    name: 'env-file',
    what: 'a file of environment settings',
    file: /(?:^|\/)\.env(?:$|\.(?!(?:example|sample|template|dist)$))/,
  },
  { name: 'key-store', what: 'a key store', file: /\.(?:p12|pfx|jks|keystore|kdbx)$/ },
  {
    name: 'kubeconfig',
    what: 'a Kubernetes login',
    file: /(?:^|\/)(?:kubeconfig(?:\.ya?ml)?|[^/]+\.kubeconfig|\.kube\/config)$/,
  },
  {
    name: 'cloud-login',
    what: 'a login',
    file: /(?:^|\/)(?:\.aws\/credentials|\.git-credentials|application_default_credentials\.json)$/,
  },
  {
    name: 'kubeconfig',
    what: 'a Kubernetes login',
    text: /^[ \t-]{0,40}["']?(?:token|password|id-token)["']?[ \t]{0,4}:[ \t]{0,4}["']?([^\s"']{8,4096})/gm,
    besides: /^[ \t]{0,8}["']?kind["']?[ \t]{0,4}:[ \t]{0,4}["']?Config(?![A-Za-z;])/m,
  },
  {
    name: 'kubeconfig',
    what: 'a Kubernetes login',
    text: /^[ \t-]{0,40}["']?client-key-data["']?[ \t]{0,4}:[ \t]{0,4}["']?([A-Za-z0-9+/=]{40,4096})/gm,
  },
  {
    name: 'private-key',
    what: 'a private key',
    // The body may be indented, quoted or written with \n, as in JSON; headers such as Proc-Type may come before it.
    text: /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\[rn]|["'+,\s]){1,200}(?:[A-Z][A-Za-z-]{2,20}: [^\s\\]{1,100}(?:\\[rn]|\s){1,40}){0,4}([A-Za-z0-9+/=]{32,4096})/g,
  },
  {
    name: 'private-key',
    what: 'a private key',
    text: /^PuTTY-User-Key-File-\d: /gm,
    besides: /^Private-Lines: \d/m,
  },
  {
    name: 'npm-login',
    what: 'an npm login',
    file: /(?:^|\/)\.npmrc$/,
    text: /_(?:authToken|password|auth)[ \t]{0,8}=[ \t]{0,8}["']?(?!\$)([^\s"']{8,4096})/g,
  },
  {
    name: 'pypi-login',
    what: 'a login',
    file: /(?:^|\/)\.(?:pypirc|netrc)$|(?:^|\/)_netrc$/,
    text: /\bpassword[\s:=]{1,8}(?![\s:=$])(\S{6,4096})/g,
  },
  {
    name: 'registry-login',
    what: 'a registry login',
    file: /(?:^|\/)(?:config\.json|\.dockerconfigjson|\.dockercfg)$/,
    text: /"(?:auth|identitytoken)"\s{0,20}:\s{0,20}"([A-Za-z0-9+/=._-]{8,4096})"/g,
  },
  {
    name: 'aws-key',
    what: 'an AWS access key',
    text: /(?<![A-Za-z0-9+/])((?:AKIA|ASIA)[A-Z2-7]{16})(?![A-Za-z0-9+/=])/g,
  },
  {
    name: 'aws-key',
    what: 'an AWS secret key',
    text: /aws_?secret_?(?:access_?)?key["']?\s{0,20}[=:]\s{0,20}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
  },
  {
    name: 'github-token',
    what: 'a GitHub token',
    text: /\b((?:gh[pousr]_[A-Za-z0-9]{36,255})|(?:github_pat_[A-Za-z0-9_]{60,255}))\b/g,
  },
  { name: 'gitlab-token', what: 'a GitLab token', text: /\b(glpat-[A-Za-z0-9_-]{20,200})/g },
  { name: 'slack-token', what: 'a Slack token', text: /\b(xox[baprs]-[0-9A-Za-z-]{20,200})/g },
  { name: 'stripe-key', what: 'a Stripe key', text: /\b([sr]k_live_[0-9A-Za-z]{24,200})/g },
  { name: 'npm-token', what: 'an npm token', text: /\b(npm_[A-Za-z0-9]{36})\b/g },
];
