import { type Command, Option } from 'commander';

const precisions = ['float32', 'float16', 'int8'] as const;

/** `ser export-onnx`: writes the trained model of a run folder as one self-describing file. */
export function addExportOnnxCommand(program: Command): void {
  program
    .command('export-onnx')
    .description('Write the best weights of a run as a self-describing model.onnx.')
    .requiredOption('--run <folder>', 'run folder that `ser train` wrote')
    .option('--out <file>', 'file to write (default: in the run folder)')
    .addOption(
      new Option('--precision <kind>', 'how the file holds its weights: half or a quarter the size')
        .choices(precisions)
        .default('float32'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ ser export-onnx --run runs/reference\n  $ ser export-onnx --run runs/reference --precision int8',
    )
    .action(
      async (options: { run: string; out?: string; precision: (typeof precisions)[number] }) => {
        const { exportRun } = await import('@ser/trainer');
        const { out, precision } = options;
        const path = await exportRun(options.run, { precision, ...(out && { outPath: out }) });
        process.stdout.write(`Model: ${path}\n`);
      },
    );
}
