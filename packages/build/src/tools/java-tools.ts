import { ask, findProgram, installationOf, missing, shownFolder, settingsFolder, type Tool } from './tool.ts';
import type { Toolbox } from './toolbox.ts';

/** A JDK: the compiler and what comes with it. */
export async function findJdk(box: Toolbox): Promise<Tool> {
  const compiler = findProgram('javac', box.path);
  if (compiler === undefined)
    throw missing('a Java development kit', 'sudo apt-get install openjdk-17-jdk-headless');
  const version = /javac (\S+)/.exec(await ask(compiler, ['-version'], box.env))?.[1] ?? 'unknown';
  const home = installationOf(compiler);
  return {
    name: 'jdk',
    version,
    command: [compiler],
    shown: javaFolders(home),
    env: { JAVA_HOME: home },
  };
}

export async function findMaven(box: Toolbox): Promise<Tool> {
  const program = findProgram('mvn', box.path);
  if (program === undefined) throw missing('Maven', 'sudo apt-get install maven');
  const jdk = await box.jdk();
  const said = await ask(program, ['--version'], box.env);
  const version = /Apache Maven (\S+)/.exec(said)?.[1] ?? 'unknown';
  const shown = [...jdk.shown, ...shownFolder(installationOf(program)), ...settingsFolder('maven')];
  const env = { ...jdk.env, PATH: '/usr/local/bin:/usr/bin:/bin', MAVEN_OPTS: '-Duser.home=/tmp' };
  return { name: 'maven', version, command: [program], shown, env };
}

/** Debian keeps a JDK's settings outside of it. */
function javaFolders(home: string): Tool['shown'] {
  const settings = /java-(\d+)-openjdk/.exec(home)?.[1];
  return [
    ...shownFolder(home),
    ...(settings === undefined ? [] : settingsFolder(`java-${settings}-openjdk`)),
  ];
}
