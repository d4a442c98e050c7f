import { expect, it } from 'vitest';
import { applyTemperature } from '../../src/core/temperature.ts';

it('divides the logarithms by the temperature', () => {
  const row = [0.7, 0.2, 0.1];
  const logs = row.map((value) => Math.log(value) / 0.5);
  const sum = logs.reduce((total, log) => total + Math.exp(log), 0);
  const cold = applyTemperature(row, 0.5);
  logs.forEach((log, label) => {
    expect(cold[label]).toBeCloseTo(Math.exp(log) / sum, 12);
  });
  expect(applyTemperature(cold, 2)[0]).toBeCloseTo(0.7, 12);
});

it('leaves no label where there was none', () => {
  expect([...applyTemperature([1, 0], 3)]).toEqual([1, 0]);
});

it('is all on the likeliest where the temperature is as low as it can be', () => {
  expect([...applyTemperature([0.3, 0.4, 0.3], 0.0001)]).toEqual([0, 1, 0]);
});
