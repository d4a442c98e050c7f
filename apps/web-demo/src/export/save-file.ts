/** Hands content to the browser to be saved. */
export function saveFile(content: Blob | string, name: string, type: string): void {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A clip's name without the ending of its kind, safe in a file name. */
export function toFileStem(name: string): string {
  const stem = name.replace(/\.[A-Za-z0-9]{2,5}$/, '').replace(/[\\/:*?"<>|\s]+/g, '-');
  return stem || 'clip';
}
