/** Time by the clock, and time of the processor, which other programs on the machine do not lengthen. */
export interface Seconds {
  wall: number;
  cpu: number;
}

/** Something to be timed: `run` does its work once and says what it took. */
export interface Contender {
  name: string;
  run(): Seconds | Promise<Seconds>;
}

export interface Timing {
  medianCpuMs: number;
  medianWallMs: number;
  rawCpuMs: number[];
  rawWallMs: number[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1]!;
  return sorted.length % 2 === 1 ? upper : (upper + sorted[(sorted.length >> 1) - 1]!) / 2;
}

/** What synchronous work takes. */
export function timeSeconds(work: () => void): Seconds {
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(cpuStart);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

/**
 * Runs every contender once a round, each round in another order, after `warmUps` rounds that do not
 * count.
 */
export async function alternate(
  contenders: readonly Contender[],
  { rounds, warmUps }: { rounds: number; warmUps: number },
): Promise<Map<string, Timing>> {
  const raw = new Map<string, Seconds[]>(contenders.map(({ name }) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    const start = (round + warmUps) % contenders.length;
    for (const contender of [...contenders.slice(start), ...contenders.slice(0, start)]) {
      const seconds = await contender.run();
      if (round >= 0) raw.get(contender.name)!.push(seconds);
    }
  }
  return new Map(
    [...raw].map(([name, seconds]) => {
      const rawCpuMs = seconds.map(({ cpu }) => 1000 * cpu);
      const rawWallMs = seconds.map(({ wall }) => 1000 * wall);
      return [
        name,
        { medianCpuMs: median(rawCpuMs), medianWallMs: median(rawWallMs), rawCpuMs, rawWallMs },
      ];
    }),
  );
}
