import pg from 'pg';
import { checkpoint } from '#kernel';

/** One SQL statement. A `name` makes Postgres keep its plan per connection: use it for statements whose text never changes. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Rows the statement must affect; anything else aborts the transaction as a programmer error. */
  readonly expectRows?: number;
}

/** Turns rows into one array per column, the form `unnest` takes. */
export function columns<Row>(rows: readonly Row[], ...pick: ((row: Row) => unknown)[]): unknown[][] {
  return pick.map((value) => rows.map(value));
}

/** Whatever takes statements: a pool, a connection, an open transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/** Statements that change something: sent to a pool, each is a commit of its own. */
const CHANGES = /^\s*(insert|update|delete|with)\b/i;

/** Sends a statement and checks its row count. */
export async function run<Row extends pg.QueryResultRow>(on: Queryable, statement: Statement): Promise<Row[]> {
  if (!(on instanceof pg.Pool && CHANGES.test(statement.text))) return send(on, statement);
  await checkpoint('statement:before');
  const rows = await send<Row>(on, statement);
  await checkpoint('statement:after');
  return rows;
}

async function send<Row extends pg.QueryResultRow>(on: Queryable, statement: Statement): Promise<Row[]> {
  const result = await on.query<Row>({
    name: statement.name,
    text: statement.text,
    values: statement.values as unknown[] | undefined,
  } as pg.QueryConfig);
  if (statement.expectRows !== undefined && result.rowCount !== statement.expectRows) {
    throw new RowCountError(statement.name ?? statement.text, statement.expectRows, result.rowCount ?? 0);
  }
  return result.rows;
}

/** A statement did not touch exactly the rows it had to: somebody else changed them, or the code is wrong. Nothing was kept. */
export class RowCountError extends Error {
  /** Name of the statement, or its text when it has none. */
  readonly statement: string;

  constructor(statement: string, expected: number, actual: number) {
    super(`${statement}: ${actual} rows instead of ${expected}`);
    this.name = 'RowCountError';
    this.statement = statement;
  }
}
