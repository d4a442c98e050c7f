import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Text in a colour or weight where the stream is a terminal that shows them; `NO_COLOR` is kept to. */
export function paint(stream: NodeJS.WriteStream, format: Format, text: string): string {
  return stream.isTTY && stream.hasColors() ? styleText(format, text) : text;
}
