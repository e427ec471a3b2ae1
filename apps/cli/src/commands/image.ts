import type { ImageInfo } from '@wherry/wire/builds';
import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { usageError } from '../failures.ts';
import { type Column, table } from '../output/table.ts';

const columns: readonly Column<ImageInfo>[] = [
  { head: 'IMAGE', cell: ({ image }) => image },
  { head: 'NAMESPACE', cell: ({ namespace }) => namespace || 'all' },
  { head: 'PACKAGE', cell: (image) => image.package.slice(0, 12) },
  { head: 'UPDATED', cell: ({ updatedAt }) => updatedAt },
];

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the names of images that stand for packages of the gateway.',
  options: [namespaceOption, ...targetOptions],
  examples: [['image list', 'what push and stock clients have put there']],
  exits: [4, 5],
  async run(context) {
    const { namespace, output } = context;
    const images = await context.ask('Listing', (client) => client.listImages(namespace));
    await output.result(images, () =>
      images.length === 0 ? 'None yet: wherry push' : table(columns, images, output.out.columns),
    );
  },
};

const remove: Command = {
  name: 'remove',
  aliases: ['rm'],
  summary: 'Take the name of an image back. Functions that were deployed with it go on.',
  arguments: [{ name: '<IMAGE>', says: 'the name' }],
  options: [dryRunOption, namespaceOption, ...targetOptions],
  examples: [['image remove hello:latest', '']],
  exits: [3, 4, 5],
  async run(context) {
    const { namespace, output, args } = context;
    const [image = ''] = args;
    if (image === '') throw usageError('the image is missing', 'See which there are: wherry image list');
    const changed = await context.change({
      label: 'Removing',
      work: (client) => client.unnameImage({ image, namespace }),
      look: async () => `take ${image} back`,
    });
    if (changed !== undefined)
      await output.result({ image, namespace, result: 'removed' }, () => `Removed ${image}`);
  },
};

export const command: Command = {
  name: 'image',
  aliases: ['images'],
  summary: 'Names of images that stand for packages.',
  subcommands: [list, remove],
  related: ['push', 'build'],
};
