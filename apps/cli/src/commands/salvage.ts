import { resolve } from 'node:path';
import { type Command, dryRunOption } from '../command.ts';
import { dataFolder, type SalvageReport } from '../data-folder.ts';
import { counted } from '../output/backup-text.ts';
import { escapeLine } from '../output/escape.ts';
import { type Column, table } from '../output/table.ts';
import { homeOption } from './backup.ts';

type Row = SalvageReport['tables'][number];

const columns: readonly Column<Row>[] = [
  { head: 'TABLE', cell: (row) => row.table },
  { head: 'KEPT', cell: ({ kept }) => String(kept), right: true },
  { head: 'DAMAGED', cell: ({ damaged }) => String(damaged), right: true },
  { head: 'MISSING', cell: ({ missing }) => String(missing), right: true },
];

/** How many lost rows are named on a screen; JSON has more. */
const mostShown = 40;

export const command: Command = {
  name: 'salvage',
  summary: 'Write a damaged database anew, from everything in it that still checks out.',
  details:
    'For a gateway that does not start because its database is damaged. Works on the file, row by row, each held against its own checksum; the\n' +
    'damaged file is moved aside, never deleted. A sound database is left as it is. The gateway must be stopped.',
  options: [homeOption, dryRunOption],
  examples: [
    ['salvage --dry-run', 'what could be saved?'],
    ['salvage', 'then: wherry server'],
  ],
  related: ['restore', 'backup', 'doctor'],
  async run(context) {
    const { options, output, cwd } = context;
    const { salvage } = await dataFolder();
    const home = resolve(cwd, options.text('home') ?? context.home);
    const dryRun = options.flag('dryRun');
    const progress = output.progress('Reading what is left');
    const report = await salvage(home, Date.now(), dryRun).finally(() => progress.stop());
    await output.result(report, () => text(report, home, dryRun, output.out.columns));
  },
};

function text(report: SalvageReport, home: string, dryRun: boolean, width: number): string {
  const { sound, tables, lost, perhapsLost, unreadable, missingPages, aside } = report;
  if (sound) return `Nothing is damaged in ${home}, and nothing was changed`;
  const shown = tables.filter(({ kept, damaged, missing }) => kept + damaged + missing > 0);
  const lines = shown.length === 0 ? [] : [table(columns, shown, width)];
  if (unreadable > 0)
    lines.push('', counted(unreadable, 'place could not be read', 'places could not be read'));
  if (missingPages > 0)
    lines.push('', `The end of the file is missing: ${counted(missingPages, 'page', 'pages')}`);
  if (lost.length > 0) {
    lines.push('', 'Damaged, and not served any more:');
    for (const { table: of, key, reason } of lost.slice(0, mostShown))
      lines.push(`  ${of} ${escapeLine(key)}: ${reason}`);
    if (lost.length > mostShown) lines.push(`  and ${lost.length - mostShown} more: wherry salvage -o json`);
  }
  if (perhapsLost.length > 0) {
    lines.push('', 'Had versions and are not there: removed once, or among the lost:');
    for (const key of perhapsLost.slice(0, mostShown)) lines.push(`  ${escapeLine(key)}`);
  }
  lines.push(
    '',
    dryRun ? 'Nothing was changed. Save it: wherry salvage' : `Saved. The damaged file is ${aside}.`,
  );
  if (!dryRun)
    lines.push(
      `Next: WHERRY_HOME=${home} wherry server; then deploy again what was lost, or restore a backup`,
    );
  return lines.join('\n');
}
