import { auditDamage } from './src/salvage/damage-audit.fixtures.ts';
const t = process.cpuUsage();
const s = Date.now();
const total = { images: 0, whole: 0, reported: 0, salvaged: 0, served: 0, lost: 0 };
const all = [];
for (let seed = 1; seed <= 10; seed++) {
  const { faults, ...c } = await auditDamage({ images: 1000, seed: 9000 + seed });
  for (const k of Object.keys(total)) total[k] += c[k];
  all.push(...faults);
  if (faults.length)
    console.log(
      faults
        .slice(0, 3)
        .map((f) => f.slice(0, 400))
        .join('\n'),
    );
}
const u = process.cpuUsage(t);
console.log(
  total,
  'faults',
  all.length,
  'wall s',
  (Date.now() - s) / 1000,
  'cpu s',
  (u.user + u.system) / 1e6,
);
