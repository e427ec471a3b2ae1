import { type Command, optionsOf } from '../command.ts';
import { commandsFor } from '../command-directory.ts';

/** Every command that runs, as it is typed, with the long flags that it takes. */
export async function allCommands(): Promise<
  readonly { readonly name: string; readonly flags: readonly string[] }[]
> {
  const walk = (command: Command, path: string): { name: string; flags: string[] }[] => {
    const name = path === '' ? command.name : `${path} ${command.name}`;
    const flags = optionsOf(command).flatMap(({ flags: text }) => text.match(/--[a-z-]+/g) ?? []);
    const own = command.run === undefined ? [] : [{ name, flags }];
    return [...own, ...(command.subcommands ?? []).flatMap((sub) => walk(sub, name))];
  };
  return (await commandsFor(undefined)).flatMap((command) => walk(command, ''));
}
