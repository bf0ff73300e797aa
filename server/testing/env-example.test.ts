import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CONFIG_VARIABLES, parseConfig } from '#config';
import { parseSimulatorConfig } from '../psp-simulator/config.ts';

const OF_COMMANDS = ['NEXT_DIST_DIR', 'CHROMIUM_PATH', 'BASE_URL'];

const example = Object.fromEntries(
  [...readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Z][A-Z_]*)=(.*)$/gm)].map(([, name, value]) => [
    name,
    value,
  ]),
);

test('.env.example names every variable that is read, and no other', () => {
  const read = [...CONFIG_VARIABLES, ...Object.keys(parseSimulatorConfig({})), ...OF_COMMANDS];
  expect(Object.keys(example).sort()).toEqual([...new Set(read)].sort());
});

test('the values of .env.example are the defaults', () => {
  expect(parseConfig(example)).toEqual(parseConfig({}));
  expect(parseSimulatorConfig(example)).toEqual(parseSimulatorConfig({}));
});
