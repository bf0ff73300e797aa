export { type Child as TestProcess, startChild as startProcess } from '../../scripts/supervisor/child.ts';
export { freePort } from '../../scripts/supervisor/ports.ts';
export {
  createEmptyDatabase,
  createTestDatabase,
  type MigratedDatabase,
  startTestPostgres,
  type TestDatabase,
} from './postgres.ts';
export { startSimulator, type TestSimulator } from './simulator.ts';
