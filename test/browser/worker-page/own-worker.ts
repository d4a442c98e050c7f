import '@ser/runtime/worker-script';
