import { arch, cpus, platform, release } from 'node:os';

/** What the figures were measured on. */
export function describeMachine(): Record<string, unknown> {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim(),
    cores: processors.length,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
  };
}
