import { auditDamage } from '@wherry/storage/salvage/damage-audit.fixtures';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

export const bitFlips: Scenario = {
  id: 'D-06',
  promise:
    'a store with flipped bits, lost pages or a lost end serves everything that is sound, and nothing that is not',
  unit: 'damaged stores',
  full: 10_000,
  short: 100,
  prove: (soak) => audited(soak, false),
  controls: [{ without: 'the checksums', size: 60, prove: (soak) => audited(soak, true) }],
};

async function audited(soak: Soak, withoutChecksums: boolean): Promise<string> {
  const { faults, ...counts } = await auditDamage({ images: soak.size, seed: soak.seed, withoutChecksums });
  promise(faults.length === 0, () => `${faults.length} faults, such as: ${faults[0]}`);
  const { whole, reported, salvaged, served, lost } = counts;
  return `${whole} whole, ${reported} with damage that was told, ${salvaged} salvaged; ${served} records served, ${lost} put aside`;
}
