import { createHash } from 'node:crypto';
import type { OpenApiDocument, Operation } from './openapi.ts';

/** An HTML page with the policy that it needs: nothing but its own style. */
export interface DocsPage {
  html: string;
  contentSecurityPolicy: string;
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
section { border-top: 1px solid #8885; padding: .5rem 0 1rem; }
code, pre { font: .9em/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem 1rem; background: #8881; border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #8883; }
th { font-weight: 600; white-space: nowrap; }
th:first-child { width: 8rem; }
th:last-child { width: 12rem; }
summary { padding: .25rem 0; cursor: pointer; }
h2 code { padding: .1em .5em; background: #8882; border-radius: .4rem; }
`;

/** Writes an OpenAPI document as a page without scripts that fetches nothing. */
export function createDocsPage(document: OpenApiDocument): DocsPage {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => writeOperation(path, method, operation)),
  );
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) =>
      `<details id="${name}"><summary><code>${name}</code></summary><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre></details>`,
  );
  const { title, version, description } = document.info;
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}: interface</title><style>${style}</style></head><body>
<h1>${escapeHtml(title)}</h1>
<p>Version ${escapeHtml(version)} · <a href="openapi.json">OpenAPI document</a> · <a href="./">web demo</a></p>
<p>${escapeHtml(description)}</p>
<p>Every error is JSON: <code>{"code": "…", "message": "…"}</code>.</p>
${[...operations, '<section><h2>Schemas</h2></section>', ...schemas].join('\n')}
</body></html>
`;
  const hash = createHash('sha256').update(style).digest('base64');
  return {
    html,
    contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}

function writeOperation(path: string, method: string, operation: Operation): string {
  const { summary, description = '', parameters = [], responses, requestBody } = operation;
  const parameterRows = parameters.map(({ name, required, description: text, schema }) => {
    const { default: standard, enum: choices, type, minimum, maximum } = schema;
    const allowed = Array.isArray(choices)
      ? choices.join(', ')
      : `${type}${minimum === undefined ? '' : `, ${minimum} to ${maximum}`}`;
    return [code(name), text, allowed, required ? 'required' : `default ${standard}`];
  });
  const responseRows = Object.entries(responses).map(([status, response]) => [
    code(status),
    escapeHtml(response.description),
    escapeHtml(Object.keys(response.content ?? {}).join(', ')),
  ]);
  return `<section><h2><code>${method.toUpperCase()} ${path}</code></h2>
<p>${escapeHtml(summary)}. ${escapeHtml(description)}</p>
${requestBody ? `<p>Body: ${Object.keys(requestBody.content).map(code).join(' or ')}</p>` : ''}
${parameters.length > 0 ? writeTable(['query', '', 'allowed', ''], parameterRows) : ''}
${writeTable(['status', '', 'type'], responseRows)}</section>`;
}

function writeTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const write = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>${write(header, 'th')}${rows.map((row) => write(row, 'td')).join('')}</table>`;
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
