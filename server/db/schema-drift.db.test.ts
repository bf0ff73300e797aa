import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type MigratedDatabase, openOwnerPool } from '#testing';
import { Prisma } from './generated/client.ts';
import { prisma } from './prisma.ts';

/** The migrations make the database, the Prisma schema only describes it: both must say the same. */
let database: MigratedDatabase;
let owner: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase('drift');
  process.env.DATABASE_URL = database.url;
  owner = openOwnerPool(database.url);
});

afterAll(async () => {
  await Promise.all([prisma().$disconnect(), owner.end()]);
  await database.drop();
});

interface Column {
  readonly table: string;
  readonly column: string;
  readonly nullable: boolean;
}

const key = ({ table, column, nullable }: Column) => `${table}.${column}${nullable ? '?' : ''}`;

/** Scalar fields of each model, under the names that they have in the database. */
function describedColumns(): Column[] {
  const schema = readFileSync('prisma/schema.prisma', 'utf8');
  const models = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)];
  const names = new Set(models.map(([, name]) => name));
  return models.flatMap(([, name = '', body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name;
    return [...body.matchAll(/^ {2}(\w+)\s+(\w+)(\?|\[\])?(.*)$/gm)].flatMap(
      ([, field = '', type = '', mark, rest = '']) =>
        names.has(type) || mark === '[]'
          ? []
          : [{ table, column: /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field, nullable: mark === '?' }],
    );
  });
}

test('the schema has every column of the database, and no other, with the same right to be empty', async () => {
  const { rows } = await owner.query<Column>(
    `select table_name as "table", column_name as "column", is_nullable = 'YES' as nullable from information_schema.columns
     where table_schema = 'public' and table_name not like '\\_prisma%'`,
  );
  expect(rows.length).toBeGreaterThan(100);
  expect(describedColumns().map(key).sort()).toEqual(rows.map(key).sort());
});

test('every model can be read with all of its fields', async () => {
  const models = Object.keys(Prisma.ModelName);
  expect(models.length).toBeGreaterThan(15);
  const client = prisma() as unknown as Record<string, { findFirst: () => Promise<unknown> }>;
  for (const model of models) {
    const delegate = `${model[0]?.toLowerCase()}${model.slice(1)}`;
    expect(await client[delegate]?.findFirst(), model).not.toBeUndefined();
  }
});
