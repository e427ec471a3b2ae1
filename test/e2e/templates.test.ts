// Templates: bundled, pulled from git, pulled from an archive, pinned.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { create } from 'tar';
import { languages } from '@wherry/core/languages';
import { freshHome, Gateway } from './gateway.ts';
import { Project } from './project.ts';

const gateway = await Gateway.start({ after });

test('every language has a template that is scaffolded, whatever it is called', async (t) => {
  const project = Project.at(t, undefined);
  for (const { name } of languages) {
    const said = await project.did('new', `fn-${name}`, '--lang', name);
    assert.match(said.out, new RegExp(`Created fn-${name} in ${name}`));
    assert.match(said.err, /wherry up/);
  }
  const stack = project.read('stack.yaml');
  assert.equal([...stack.matchAll(/^ {4}lang:/gm)].length, languages.length);
  for (const alias of [
    'node20',
    'python3-http',
    'golang-middleware',
    'java17',
    'php8',
    'ruby-http',
    'python3-flask',
  ])
    await project.did('new', `as-${alias.replaceAll('.', '-')}`, '--lang', alias, '--append', 'stack.yaml');
});

test('new guesses what it can, keeps what is there, and says what is wrong', async (t) => {
  const project = Project.at(t, undefined);
  project.write({
    'stack.yaml':
      '# mine\nprovider: {name: openfaas}\nfunctions:\n  first:\n    lang: python3-http # as before\n    handler: ./first\n',
  });
  const second = await project.did('new', 'second', '--prefix', 'docker.io/me/');
  assert.match(second.out, /in python3-http[\s\S]*stack\.yaml \(added\)/);
  const stack = project.read('stack.yaml');
  assert.match(
    stack,
    /# mine[\s\S]*# as before[\s\S]*second:\n {4}lang: python3-http\n {4}handler: \.\/second\n {4}image: docker\.io\/me\/second:latest/,
  );
  const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['new', 'second'], 1, /not empty/],
    [['new', 'Not_A_Name'], 2, /bad_name/],
    [['new', 'x', '--lang', 'pyhton'], 2, /did you mean python\?/],
    [['new'], 2, /name of the function is missing/],
    [['new', 'x', '--append', 'none.yaml'], 2, /there is no none\.yaml/],
  ];
  for (const [args, code, why] of wrong) {
    const said = await project.wherry(args);
    assert.equal(said.code, code, said.all);
    assert.match(said.err, why);
  }
  assert.equal(project.read('stack.yaml'), stack);
  assert.match(project.read('.gitignore'), /^template\nbuild\nnode_modules\n\.secrets$/m);
});

/** A repository with one template of its own, and the commit. */
function repository(handler = 'hello'): { path: string; sha: string; change(text: string): string } {
  const path = freshHome();
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', path, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      encoding: 'utf8',
    }).trim();
  mkdirSync(join(path, 'template/own/function'), { recursive: true });
  writeFileSync(
    join(path, 'template/own/template.yml'),
    'language: own\nfprocess: sh index.sh\nwelcome_message: |\n  Welcome to your own template.\n',
  );
  writeFileSync(join(path, 'template/own/Dockerfile'), 'FROM alpine\nENV fprocess="sh index.sh"\n');
  writeFileSync(join(path, 'template/own/index.sh'), 'printf "frame: "; cat function/words.txt');
  writeFileSync(join(path, 'template/own/function/words.txt'), handler);
  symlinkSync('/etc/passwd', join(path, 'template/own/function/link'));
  git('init', '--quiet', '--initial-branch=main');
  const change = (text: string): string => {
    writeFileSync(join(path, 'template/own/function/words.txt'), text);
    git('add', '.');
    git('commit', '--quiet', '-m', text);
    return git('rev-parse', 'HEAD');
  };
  return { path, sha: change(handler), change };
}

test('a template of git is pulled, pinned, used, and not taken when it has changed', async (t) => {
  const project = Project.at(t, gateway);
  const { path, sha, change } = repository();
  const source = `file://${path}`;
  const pulled = await project.did('template', 'pull', source);
  assert.match(pulled.out, /Pulled own/);
  const meta = JSON.parse(project.read('template/own/meta.json')) as Record<string, string>;
  assert.deepEqual([meta['repository'], meta['sha']], [source, sha]);
  // A link comes as the text that it would lead to, and leads nowhere.
  assert.equal(project.read('template/own/function/link'), '/etc/passwd');

  const made = await project.did('new', 'mine', '--lang', 'own');
  assert.match(made.err, /Welcome to your own template/);
  project.write({ 'mine/words.txt': 'mine' });
  await project.did('up');
  assert.equal(await gateway.said('mine'), 'frame: mine');

  await project.did('template', 'pull', source);
  const later = change('changed');
  const refused = await project.wherry(['template', 'pull', source]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /template_changed[\s\S]*template-lock\.json pins/);
  assert.equal(project.read('template/own/function/words.txt'), 'hello');
  await project.did('template', 'pull', source, '--update');
  assert.equal(project.read('template/own/function/words.txt'), 'changed');
  assert.equal(
    (JSON.parse(project.read('template-lock.json')) as { templates: { own: { sha: string } } }).templates.own
      .sha,
    later,
  );
  // At one version, as faas-cli writes it.
  await project.did('template', 'pull', `${source}#sha-${sha}`, '--update');
  assert.equal(project.read('template/own/function/words.txt'), 'hello');
});

test('templates come from an archive, and from the stack file', async (t) => {
  const project = Project.at(t, undefined);
  const { path } = repository('archived');
  const archive = join(project.folder, 'templates.tar.gz');
  await create({ cwd: path, file: archive, gzip: true, prefix: 'templates-1.0' }, ['template']);
  project.write({
    'stack.yaml': `provider: {name: openfaas}\nfunctions: {a: {lang: own, handler: ./a}}\nconfiguration:\n  templates:\n    - name: own\n      source: ${archive}\n`,
  });
  assert.match((await project.did('template', 'pull', 'stack')).out, /Pulled own/);
  assert.equal(project.read('template/own/function/words.txt'), 'archived');
  assert.match((await project.did('template', 'pull', 'stack', '--no-overwrite')).out, /Kept own/);
});

test('sources that are none are refused without being run', async (t) => {
  const project = Project.at(t, undefined);
  const hostile: readonly (readonly [string, RegExp])[] = [
    ['ext::sh -c "touch owned"', /no address of a repository/],
    ['--upload-pack=touch owned', /unknown option|no address|Wrong usage/],
    [`file://${freshHome()}`, /not a git repository|does not (?:exist|appear)/],
    ['/nowhere/at/all.tar.gz', /there is no \/nowhere\/at\/all\.tar\.gz/],
    [`file://${repository().path}#no-such-branch`, /no-such-branch/],
    [`file://${repository().path}#--exec=x`, /no name of a version/],
  ];
  for (const [source, why] of hostile) {
    const said = await project.wherry(['template', 'pull', source]);
    assert.notEqual(said.code, 0, source);
    assert.match(said.err, why, source);
  }
  assert.equal(project.has('owned'), false);
  assert.equal(project.has('template'), false);
});
