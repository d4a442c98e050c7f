import type { ComponentChildren } from 'preact';

/** A button that opens the file picker. */
export function FileChooser({
  accept,
  isMultiple = false,
  isQuiet = false,
  onFiles,
  children,
}: {
  accept: string;
  isMultiple?: boolean;
  isQuiet?: boolean;
  onFiles: (files: File[]) => void;
  children: ComponentChildren;
}) {
  return (
    <label class={isQuiet ? 'button chooser' : 'button is-main chooser'}>
      <input
        type="file"
        class="visually-hidden"
        accept={accept}
        multiple={isMultiple}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      {children}
    </label>
  );
}
