// Loaded with --import: when the process ends, lists the files that it has mapped into memory.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const mapped = readFileSync('/proc/self/maps', 'utf8').match(/\/\S+$/gm) ?? [];
  writeFileSync(process.env.SER_TEST_LIBRARIES ?? '', [...new Set(mapped)].join('\n'));
});
