import { type Command, targetOptions } from '../command.ts';
import { LoginStore } from '../config/login-store.ts';
import { resolveTarget } from '../config/target.ts';

export const command: Command = {
  name: 'logout',
  summary: 'Forget the credentials for a gateway.',
  options: targetOptions,
  examples: [['logout -g https://functions.example.com', 'of this gateway']],
  related: ['login'],
  async run({ options, output, env, home }) {
    const { url } = resolveTarget(options.text('gateway'), env);
    const had = new LoginStore(home).remove(url);
    await output.result({ gateway: url, removed: had }, () =>
      had ? `Logged out of ${url}` : `Nothing was kept for ${url}`,
    );
  },
};
