/** Lays rows out in columns of plain text: numbers to the right, words to the left. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const [header = [], ...body] = rows;
  const widths = header.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const isNumeric = header.map((_, at) => body.every((row) => /^[\d.,]*$/.test(row[at]!)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (isNumeric[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
