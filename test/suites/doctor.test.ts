import { expect, it } from 'vitest';
import { readSerJson, readSerOutput } from '../support/run-ser.ts';

interface Finding {
  name: string;
  state: string;
  remedy?: string;
}

it('ser doctor says what is there, for people and for programs', async () => {
  const findings = await readSerJson<Finding[]>(['doctor', '--json']);
  const text = await readSerOutput(['doctor']);
  for (const { name, state } of findings) {
    expect(text).toContain(name);
    expect(text).toContain(state);
  }
  const states = new Map(findings.map(({ name, state }) => [name, state]));
  expect(states.get('Node')).toContain(process.version);
  expect(states.get('Shipped model')).toMatch(/model\.onnx$/);
  expect(states.get('Small model')).toMatch(/small\.onnx$/);
  expect(states.get('onnxruntime-node')).toMatch(/^\d+\.\d+/);
  expect(findings.filter(({ name, remedy }) => name === 'Node' && remedy)).toEqual([]);
});
