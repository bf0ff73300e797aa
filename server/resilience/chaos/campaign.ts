import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { createRandom, type Random } from '../kit/random.ts';
import { commitOf, type LevelReport, showSeed, type Violation } from '../kit/report.ts';
import { startTopology, type Topology } from '../kit/topology.ts';
import { judge } from './checkers/index.ts';
import { collect } from './collect.ts';
import { converge } from './converge.ts';
import type { Evidence } from './evidence.ts';
import { payEverywhere } from './final-reads.ts';
import { History } from './history.ts';
import { type Load, startLoad, unhappyCalls } from './load.ts';
import { healAll, type Tally } from './nemesis.ts';
import type { ChaosOptions } from './options.ts';
import type { Plan } from './plan.ts';
import { letHoursPass } from './provider-time.ts';
import { buildDoor } from './web-door.ts';

/** A long run with one kind of trouble under a steady load. */
export interface Campaign {
  readonly name: string;
  readonly callers: number;
  readonly pauseMs: number;
  /** Does the harm; answers figures to print and sentences about what must not be. */
  trouble(field: CampaignField): Promise<Violation[]>;
  /** Figures for people, once everything is over. */
  figures(end: CampaignEnd): Record<string, number>;
  /** What must not be, seen from the end. */
  verdict?(end: CampaignEnd): Violation[];
}

export interface CampaignEnd {
  readonly evidence: Evidence;
  readonly convergedMs: number;
  /** When everything had come to its end, by the history's clock. */
  readonly endedAt: number;
  readonly field: CampaignField;
}

export interface CampaignField {
  readonly topology: Topology;
  readonly cluster: Cluster;
  readonly history: History;
  readonly random: Random;
  readonly load: Load;
  readonly tally: Tally;
  readonly say: (text: string) => void;
}

/** Runs a campaign on a system of its own and judges it like any run. */
export async function runCampaign(
  campaign: Campaign,
  options: Pick<ChaosOptions, 'seed' | 'web'>,
  say: (text: string) => void,
): Promise<LevelReport> {
  const { seed } = options;
  const webBuild = await buildDoor(options, say);
  const started = performance.now();
  const folder = resolve('var', 'chaos', `${campaign.name}-${process.pid}-${Date.now()}`);
  mkdirSync(folder, { recursive: true });
  const random = createRandom(seed, campaign.name);
  const cluster = await startCluster();
  const topology = await startTopology({ cluster, folder, random: random.fork('jitter').share, webBuild });
  const history = new History(join(folder, 'history.jsonl'));
  const tally: Tally = { kills: 0, faults: {}, struckWhile: {} };
  // No plan: the callers do the same all the time, and their answers are judged here.
  const plan: Plan = {
    seed: seed.toString(),
    clients: campaign.callers,
    perSecond: 0,
    warmOperations: 0,
    operations: [],
    nemeses: [],
  };
  try {
    const load = startLoad({
      topology,
      history,
      random: random.fork('load'),
      callers: campaign.callers,
      pauseMs: campaign.pauseMs,
    });
    const field: CampaignField = { topology, cluster, history, random, load, tally, say };
    const violations = await campaign.trouble(field);
    await healAll({ topology, cluster });
    await load.stop();
    say('the trouble is over; waiting for everything to come to its end');
    await letHoursPass(topology);
    const { ms: convergedMs, left } = await converge(topology);
    const endedAt = history.now();
    await payEverywhere({ plan, topology, history, random }, 'calm');
    const last = await converge(topology);
    const found = { broken: [], unsettled: [...left, ...last.left], settled: false };
    const evidence = await collect({ plan, topology, history }, found);
    for (const detail of unhappyCalls(load.calls())) violations.push({ what: 'good payments are taken', detail });
    const end = { evidence, convergedMs, endedAt, field };
    violations.push(...judge(evidence), ...(campaign.verdict?.(end) ?? []));
    const sometimes = campaign.figures(end);
    if (violations.length === 0) await history.close().then(() => rm(folder, { recursive: true, force: true }));
    else say(`everything about this run is in ${folder}`);
    const seconds = Math.round((performance.now() - started) / 1000);
    const counts = { operations: history.calls.length, kills: tally.kills, faults: tally.faults };
    return {
      level: `chaos ${campaign.name}`,
      seed: showSeed(seed),
      runs: 1,
      ...counts,
      sometimes,
      violations,
      seconds,
      commit: commitOf(),
    };
  } finally {
    await topology.stop();
    await cluster.stop();
  }
}
