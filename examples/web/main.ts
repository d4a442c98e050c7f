// Predicts the clip that a user picks. The recording does not leave the machine.
import { createClassifier } from '@ser/runtime/web';

const classifier = await createClassifier('model.onnx');
const input = document.querySelector('input')!;
input.disabled = false;
input.addEventListener('change', async () => {
  const { label, confidence } = await classifier.predict(input.files![0]!);
  document.querySelector('output')!.value = `${label ?? 'no speech'} (${confidence.toFixed(2)})`;
});
