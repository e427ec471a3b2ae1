// The font Anton, which looks as these pictures are expected to, in the pieces that its package has; each under a name of its own.
'use strict';
const { readFileSync } = require('node:fs');
const { GlobalFonts } = require('@napi-rs/canvas');

const families = { Anton: 'latin', 'Anton Ext': 'latin-ext', 'Anton Vietnamese': 'vietnamese' };

for (const [family, part] of Object.entries(families)) {
  const file = require.resolve(`@fontsource/anton/files/anton-${part}-400-normal.woff2`);
  GlobalFonts.register(readFileSync(file), family);
}
