import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Draws on a canvas of `width` by `height` CSS pixels; the context is scaled for the screen. */
export type Draw = (
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  canvas: HTMLCanvasElement,
) => void;

const darkScheme = window.matchMedia('(prefers-color-scheme: dark)');

/**
 * A canvas that is drawn when its size, the colour scheme or anything in `inputs` changes.
 *
 * @param draw is called with the canvas cleared.
 */
export function useCanvas(
  draw: Draw,
  inputs: readonly unknown[],
): RefObject<HTMLCanvasElement | null> {
  const reference = useRef<HTMLCanvasElement>(null);
  const latestDraw = useRef(draw);
  latestDraw.current = draw;
  useEffect(() => {
    const canvas = reference.current!;
    const redraw = () => drawOn(canvas, latestDraw.current);
    // An observer reports at once, too, when the size is what it was drawn for.
    const observer = new ResizeObserver(() => {
      const { width, height } = measurePixels(canvas);
      if (canvas.width !== width || canvas.height !== height) redraw();
    });
    observer.observe(canvas);
    darkScheme.addEventListener('change', redraw);
    return () => {
      observer.disconnect();
      darkScheme.removeEventListener('change', redraw);
    };
  }, []);
  useEffect(() => drawOn(reference.current!, draw), inputs);
  return reference;
}

function drawOn(canvas: HTMLCanvasElement, draw: Draw): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0 || height === 0) return;
  Object.assign(canvas, measurePixels(canvas));
  const context = canvas.getContext('2d')!;
  context.scale(canvas.width / width, canvas.height / height);
  draw(context, width, height, canvas);
}

function measurePixels(canvas: HTMLCanvasElement): { width: number; height: number } {
  const scale = window.devicePixelRatio;
  return {
    width: Math.round(canvas.clientWidth * scale),
    height: Math.round(canvas.clientHeight * scale),
  };
}
