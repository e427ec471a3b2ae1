import type { DemoFunction } from './shop.ts';

/** What a function of the demo runs: it takes about as long as it did in the month before, and fails as often. */
export function filesOf(
  { runtime, medianMs, spread, failing, failsWith, does }: DemoFunction,
  version: number,
) {
  if (runtime === 'python')
    return {
      'handler.py': `import math, random, time

def handle(event, context):
    # version ${version}
    ms = ${medianMs} * math.exp(${spread} * random.gauss(0, 1))
    time.sleep(ms / 1000)
    if random.random() < ${failing}:
        print("ERROR unexpected end of input", flush=True)
        return {"statusCode": ${failsWith}, "body": "unexpected end of input"}
    print(f"INFO ${does} in {round(ms)} ms", flush=True)
    return {"statusCode": 200, "body": "${does}"}
`,
    };
  return {
    'handler.js': `'use strict';
const around = (spread) =>
  Math.exp(spread * Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()));

// version ${version}
module.exports = async (event, context) => {
  const ms = ${medianMs} * around(${spread});
  await new Promise((resolve) => setTimeout(resolve, ms));
  if (Math.random() < ${failing}) {
    console.error('ERROR unexpected end of input');
    return context.status(${failsWith}).succeed('unexpected end of input');
  }
  console.log(\`INFO ${does} in \${Math.round(ms)} ms\`);
  return context.status(200).succeed('${does}');
};
`,
  };
}
