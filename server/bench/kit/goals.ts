import { printTable } from './table.ts';

export interface Goal {
  readonly id: string;
  readonly goal: string;
  readonly measured: string;
  /** Null: not measured in this run. */
  readonly met: boolean | null;
}

export function printGoals(goals: readonly Goal[]): void {
  const verdict = ({ met }: Goal) => (met === null ? 'not measured' : met ? 'met' : 'missed');
  printTable(
    ['#', 'goal', 'measured', 'verdict'],
    goals.map((goal) => [goal.id, goal.goal, goal.measured, verdict(goal)]),
    4,
  );
}
