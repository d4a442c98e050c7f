import type { Command } from 'commander';
import type { EncoderCheck } from '../../encoders/check-encoder.ts';
import { exitCodes } from '../../report-failure.ts';

/** `ser encoders check`: whether an encoder does what an encoder must. */
export function addCheckCommand(encoders: Command): void {
  encoders
    .command('check')
    .description('Run an encoder on made-up input: finite, depends on the length, padding, speed.')
    .argument('<encoder>', 'name of an installed one, or path of an encoder or a model file')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      '\nExits with 1 where something is wrong.\n\nExample:\n  $ ser encoders check whisper-tiny.en',
    )
    .action(async (source: string, { json }: { json?: boolean }) => {
      const { readEncoder } = await import('@ser/trainer');
      const { checkEncoder } = await import('../../encoders/check-encoder.ts');
      const check = await checkEncoder(await readEncoder(source));
      process.stdout.write(json ? `${JSON.stringify(check, null, 2)}\n` : formatCheck(check));
      if (check.findings.some(({ isRight }) => !isRight)) process.exitCode = exitCodes.failure;
    });
}

function formatCheck({ manifest, findings, millisecondsPerSecond }: EncoderCheck): string {
  const { name, family, licence, languages, layers, width, frameRateHz, source } = manifest;
  const lines = [
    `${name}: ${family}, ${licence}, languages: ${languages.join(' ') || 'not known'}`,
    `States ${layers.join(' ')}, each ${width} numbers, ${frameRateHz} times a second`,
    `From ${source}`,
    ...findings.map(
      (finding) => `${finding.isRight ? 'ok' : 'WRONG'}: ${finding.name} (${finding.detail})`,
    ),
    `${millisecondsPerSecond.toFixed(1)} ms of one core for a second`,
  ];
  return `${lines.join('\n')}\n`;
}
