import type { Command } from 'commander';

/** `ser export-onnx`: writes the trained model of a run folder as one self-describing file. */
export function addExportOnnxCommand(program: Command): void {
  program
    .command('export-onnx')
    .description('Write the best weights of a run as a self-describing model.onnx.')
    .requiredOption('--run <folder>', 'run folder that `ser train` wrote')
    .option('--out <file>', 'file to write (default: model.onnx in the run folder)')
    .addHelpText('after', '\nExample:\n  $ ser export-onnx --run runs/reference')
    .action(async (options: { run: string; out?: string }) => {
      const { exportRun } = await import('@ser/trainer');
      const path = await exportRun(options.run, options.out ? { outPath: options.out } : {});
      process.stdout.write(`Model: ${path}\n`);
    });
}
