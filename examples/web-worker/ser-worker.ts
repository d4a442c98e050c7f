// The worker's whole program.
import '@ser/runtime/worker-script';
