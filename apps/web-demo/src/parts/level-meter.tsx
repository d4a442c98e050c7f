import { level } from '../state/live.ts';
import { strings } from '../strings.ts';

const floorDb = -60;

/** How loud the microphone is, from -60 dB to full scale. */
export function LevelMeter() {
  const db = toDecibels(level.value.rms);
  const peakDb = toDecibels(level.value.peak);
  return (
    <div class="level">
      <span aria-hidden="true">{strings.level}</span>
      <meter
        class="visually-hidden"
        aria-label={strings.level}
        min={floorDb}
        max={0}
        value={Math.round(db)}
      >
        {strings.levelValue(Math.round(db))}
      </meter>
      <span
        class="level-track"
        aria-hidden="true"
        style={{ '--rms': `${toShare(db)}`, '--peak': `${toShare(peakDb)}` }}
      >
        <span class="level-fill" />
        <span class="level-peak" />
      </span>
    </div>
  );
}

function toDecibels(amplitude: number): number {
  return Math.max(floorDb, Math.min(0, 20 * Math.log10(Math.max(amplitude, 1e-6))));
}

function toShare(db: number): number {
  return 1 - db / floorDb;
}
