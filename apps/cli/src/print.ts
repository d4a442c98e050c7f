/**
 * Writes to standard output and waits until it is taken, so that a slow reader holds the work back.
 *
 * @throws the system's error where nobody reads any more.
 */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
