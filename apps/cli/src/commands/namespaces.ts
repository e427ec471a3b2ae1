import type { Command } from '../command.ts';
import { list } from './namespace.ts';

/** As faas-cli spells `namespace list`. */
export const command: Command = { ...list, name: 'namespaces', aliases: [], hidden: true };
