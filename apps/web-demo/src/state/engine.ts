import { EngineClient } from '../engine/engine-client.ts';

/** The page's one worker. */
export const engine = new EngineClient();
