// A bidirectional LSTM as two TensorFlow operations, forward and gradient. TensorFlow's own fused
// kernel computes one direction at a time, frames behind a sequence's end included, and its gradient
// adds to the weight gradients at every frame. These compute the recurrent part alone, over the
// frames that count, all cores at once; what is left are a few large products, which TensorFlow does.
//
// Gates are in the order i, f, c, o; sigmoid gates, tanh cell, zero initial state: Keras's
// definition, after Hochreiter and Schmidhuber (1997) with the forget gate of Gers et al. (2000).
// Arrays are [batch, frames, …], row-major; results are zero in the padding.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

// The part of TensorFlow's stable C interface (tensorflow/c/kernels.h, ops.h) that is used here,
// declared by hand: its headers do not come with every build of the library.
extern "C" {
struct TF_Status;
struct TF_Tensor;
struct TF_OpKernelContext;
struct TF_OpKernelConstruction;
struct TF_KernelBuilder;
struct TF_OpDefinitionBuilder;
struct TF_ShapeInferenceContext;
TF_Status* TF_NewStatus();
void TF_DeleteStatus(TF_Status*);
void TF_SetStatus(TF_Status*, int code, const char* message);
int TF_GetCode(const TF_Status*);
void TF_DeleteTensor(TF_Tensor*);
int TF_NumDims(const TF_Tensor*);
int64_t TF_Dim(const TF_Tensor*, int index);
void* TF_TensorData(const TF_Tensor*);
void TF_GetInput(TF_OpKernelContext*, int index, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int index, int type, const int64_t* dimensions,
                             int rank, size_t bytes, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
TF_KernelBuilder* TF_NewKernelBuilder(const char* operation, const char* device,
                                      void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*),
                                      void (*destroy)(void*));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder*, TF_Status*);
TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char* name);
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder*, const char*);
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder*, const char*);
void TF_OpDefinitionBuilderSetShapeInferenceFunction(
    TF_OpDefinitionBuilder*, void (*infer)(TF_ShapeInferenceContext*, TF_Status*));
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder*, TF_Status*);
void TF_ShapeInferenceContextSetUnknownShape(TF_ShapeInferenceContext*, TF_Status*);
}

namespace {

constexpr int kFloat = 1, kInvalidArgument = 3;

#if defined(__AVX512F__)
constexpr int kLanes = 16, kTileRows = 12;
#else
constexpr int kLanes = 8, kTileRows = 6;
#endif
// A tile of the product: kTileRows rows of two vectors stay in registers.
constexpr int kPanel = 2 * kLanes;
typedef float Vector __attribute__((vector_size(4 * kLanes)));

Vector load(const float* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof vector);
  return vector;
}

int round_up(int value) { return (value + kPanel - 1) / kPanel * kPanel; }

/** A right-hand matrix [depth, columns] of a product, cut into panels of kPanel columns. */
class Panels {
 public:
  Panels(int depth, int columns)
      : depth(depth), columns(round_up(columns)), values_(size_t(depth) * this->columns) {}

  float& at(int k, int column) {
    return values_[(size_t(column / kPanel) * depth + k) * kPanel + column % kPanel];
  }
  const float* panel(int index) const { return &values_[size_t(index) * depth * kPanel]; }

  const int depth, columns;

 private:
  std::vector<float> values_;
};

template <int Rows>
void multiply_tile(const float* left, int left_stride, const float* panel, int depth, float* out,
                   int out_stride) {
  Vector sums[Rows][2] = {};
  for (int k = 0; k < depth; ++k, panel += kPanel) {
    const Vector low = load(panel);
    const Vector high = load(panel + kLanes);
    for (int row = 0; row < Rows; ++row) {
      const float factor = left[size_t(row) * left_stride + k];
      sums[row][0] += factor * low;
      sums[row][1] += factor * high;
    }
  }
  for (int row = 0; row < Rows; ++row) {
    std::memcpy(out + size_t(row) * out_stride, sums[row], sizeof sums[row]);
  }
}

using Tile = void (*)(const float*, int, const float*, int, float*, int);

template <int... Rows>
Tile tile_of(int rows, std::integer_sequence<int, Rows...>) {
  static constexpr Tile tiles[] = {multiply_tile<Rows + 1>...};
  return tiles[rows - 1];
}

/** out [rows, right.columns] = left [rows, right.depth] × right. */
void multiply(const float* left, int rows, const Panels& right, float* out) {
  for (int column = 0; column < right.columns; column += kPanel) {
    const float* panel = right.panel(column / kPanel);
    for (int row = 0; row < rows; row += kTileRows) {
      const auto tile =
          tile_of(std::min(kTileRows, rows - row), std::make_integer_sequence<int, kTileRows>());
      tile(left + size_t(row) * right.depth, right.depth, panel, right.depth,
           out + size_t(row) * right.columns + column, right.columns);
    }
  }
}

/** e^x within 2e-7 of its value, for |x| ≤ 87: 2^n by the exponent's bits, the rest by its series. */
inline float exponential(float x) {
  x = x < -87 ? -87 : x;
  x = x > 87 ? 87 : x;
  // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the lowest bits.
  const float shifted = x * 1.44269504f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693145752f) - n * 1.42860677e-6f;
  const float series =
      1 + r * (1 + r * (1 / 2.f + r * (1 / 6.f + r * (1 / 24.f + r * (1 / 120.f + r / 720.f)))));
  const uint32_t bits = (__builtin_bit_cast(uint32_t, shifted) + 127) << 23;
  return series * __builtin_bit_cast(float, bits);
}
inline float sigmoid(float x) { return 1 / (1 + exponential(-x)); }
inline float hyperbolic_tangent(float x) { return 2 / (1 + exponential(-2 * x)) - 1; }

// Both are functions of their own, so that the compiler sees what does not overlap and uses vectors.

/** One step of one sequence. `gates` and the states are written; `cell` is read and written. */
void advance(int units, const float* __restrict sum, const float* __restrict input,
             const float* __restrict bias, float* __restrict gates, float* __restrict cell,
             float* __restrict hidden) {
  for (int u = 0; u < units; ++u) {
    const int f = units + u, g = 2 * units + u, o = 3 * units + u;
    const float input_gate = sigmoid(sum[u] + input[u] + bias[u]);
    const float forget_gate = sigmoid(sum[f] + input[f] + bias[f]);
    const float candidate = hyperbolic_tangent(sum[g] + input[g] + bias[g]);
    const float output_gate = sigmoid(sum[o] + input[o] + bias[o]);
    gates[u] = input_gate;
    gates[f] = forget_gate;
    gates[g] = candidate;
    gates[o] = output_gate;
    cell[u] = forget_gate * cell[u] + input_gate * candidate;
    hidden[u] = output_gate * hyperbolic_tangent(cell[u]);
  }
}

/** Gradients of one step's gates before their activation; `cell_gradient` is carried on. */
void retreat(int units, const float* __restrict gates, const float* __restrict cell,
             const float* __restrict cell_before, const float* __restrict from_above,
             const float* __restrict from_later, float* __restrict cell_gradient,
             float* __restrict gradient) {
  for (int u = 0; u < units; ++u) {
    const int f = units + u, g = 2 * units + u, o = 3 * units + u;
    const float squashed = hyperbolic_tangent(cell[u]);
    const float hidden = from_above[u] + from_later[u];
    const float state = cell_gradient[u] + hidden * gates[o] * (1 - squashed * squashed);
    gradient[u] = state * gates[g] * gates[u] * (1 - gates[u]);
    gradient[f] = state * cell_before[u] * gates[f] * (1 - gates[f]);
    gradient[g] = state * gates[u] * (1 - gates[g] * gates[g]);
    gradient[o] = hidden * squashed * gates[o] * (1 - gates[o]);
    cell_gradient[u] = state * gates[f];
  }
}

/** One direction's arrays. */
struct Direction {
  bool reverse;
  const float *projection, *bias, *recurrent, *hidden_in, *gates_in, *cells_in, *hidden_gradient,
      *last_gradient;
  float *hidden, *last, *gates, *cells, *gate_gradients, *previous;
};

struct Shape {
  int batch, frames, units;
  const int32_t* lengths;

  /** The row of an array [batch, frames, …] that a sequence is at after `step` steps. */
  size_t row(const Direction& direction, int sequence, int step) const {
    const int frame = direction.reverse ? lengths[sequence] - 1 - step : step;
    return size_t(sequence) * frames + frame;
  }
};

/** Sequences from the longest to the shortest: those still running at a step stand in front. */
struct Queue {
  std::vector<int> sequences;
  int count_longer(const Shape& shape, int step) const {
    int count = 0;
    while (count < int(sequences.size()) && shape.lengths[sequences[count]] > step) ++count;
    return count;
  }
};

void run_forward(const Shape& shape, const Direction& direction, const Queue& queue) {
  const int units = shape.units, width = 4 * units, rows = int(queue.sequences.size());
  const int hidden_stride = 2 * units, offset = direction.reverse ? units : 0;
  Panels recurrent(units, width);
  for (int k = 0; k < units; ++k)
    for (int column = 0; column < width; ++column)
      recurrent.at(k, column) = direction.recurrent[size_t(k) * width + column];
  std::vector<float> hidden(size_t(rows) * units), cell(size_t(rows) * units),
      sums(size_t(rows) * recurrent.columns);

  for (int step = 0, active; (active = queue.count_longer(shape, step)) > 0; ++step) {
    if (step > 0) multiply(hidden.data(), active, recurrent, sums.data());
    for (int row = 0; row < active; ++row) {
      const size_t at = shape.row(direction, queue.sequences[row], step);
      float* h = &hidden[size_t(row) * units];
      float* c = &cell[size_t(row) * units];
      advance(units, &sums[size_t(row) * recurrent.columns], direction.projection + at * width,
              direction.bias, direction.gates + at * width, c, h);
      std::memcpy(direction.cells + at * units, c, units * sizeof(float));
      std::memcpy(direction.hidden + at * hidden_stride + offset, h, units * sizeof(float));
    }
  }
  for (int row = 0; row < rows; ++row) {
    const int sequence = queue.sequences[row];
    std::memcpy(direction.last + size_t(sequence) * hidden_stride + offset,
                &hidden[size_t(row) * units], units * sizeof(float));
    for (int frame = shape.lengths[sequence]; frame < shape.frames; ++frame) {
      const size_t at = size_t(sequence) * shape.frames + frame;
      std::memset(direction.hidden + at * hidden_stride + offset, 0, units * sizeof(float));
    }
  }
}

void run_backward(const Shape& shape, const Direction& direction, const Queue& queue) {
  const int units = shape.units, width = 4 * units, rows = int(queue.sequences.size());
  const int hidden_stride = 2 * units, offset = direction.reverse ? units : 0;
  Panels transposed(width, units);
  for (int k = 0; k < width; ++k)
    for (int column = 0; column < units; ++column)
      transposed.at(k, column) = direction.recurrent[size_t(column) * width + k];
  const int through_stride = transposed.columns;
  // Gradients of a step's gates; of the hidden and the cell state before it.
  std::vector<float> gradients(size_t(rows) * width), through(size_t(rows) * through_stride),
      carried(size_t(rows) * units);
  const std::vector<float> zeros(units);
  for (int row = 0; row < rows; ++row)
    std::memcpy(&through[size_t(row) * through_stride],
                direction.last_gradient + size_t(queue.sequences[row]) * hidden_stride + offset,
                units * sizeof(float));

  const int longest = rows > 0 ? shape.lengths[queue.sequences[0]] : 0;
  for (int step = longest - 1; step >= 0; --step) {
    const int active = queue.count_longer(shape, step);
    for (int row = 0; row < active; ++row) {
      const int sequence = queue.sequences[row];
      const size_t at = shape.row(direction, sequence, step);
      const size_t before = step > 0 ? shape.row(direction, sequence, step - 1) : 0;
      float* gradient = &gradients[size_t(row) * width];
      retreat(units, direction.gates_in + at * width, direction.cells_in + at * units,
              step > 0 ? direction.cells_in + before * units : zeros.data(),
              direction.hidden_gradient + at * hidden_stride + offset,
              &through[size_t(row) * through_stride], &carried[size_t(row) * units], gradient);
      std::memcpy(direction.gate_gradients + at * width, gradient, width * sizeof(float));
      float* previous = direction.previous + at * units;
      if (step > 0)
        std::memcpy(previous, direction.hidden_in + before * hidden_stride + offset,
                    units * sizeof(float));
      else
        std::memset(previous, 0, units * sizeof(float));
    }
    if (step > 0) multiply(gradients.data(), active, transposed, through.data());
  }
  for (const int sequence : queue.sequences) {
    const size_t from = size_t(sequence) * shape.frames + shape.lengths[sequence];
    const size_t padding = shape.frames - shape.lengths[sequence];
    std::memset(direction.gate_gradients + from * width, 0, padding * width * sizeof(float));
    std::memset(direction.previous + from * units, 0, padding * units * sizeof(float));
  }
}

/** Runs both directions, and parts of the batch where there are cores for them, side by side. */
template <typename Run>
void run_in_parallel(const Shape& shape, const Direction (&directions)[2], Run run) {
  std::vector<int> order(shape.batch);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return shape.lengths[a] > shape.lengths[b]; });
  const int cores = std::max(2u, std::thread::hardware_concurrency());
  const int parts = std::max(1, std::min(cores / 2, shape.batch / 8));
  std::vector<Queue> queues(parts);
  for (int at = 0; at < shape.batch; ++at) queues[at % parts].sequences.push_back(order[at]);

  std::vector<std::thread> threads;
  for (int task = 1; task < 2 * parts; ++task)
    threads.emplace_back([&, task] { run(shape, directions[task % 2], queues[task / 2]); });
  run(shape, directions[0], queues[0]);
  for (auto& thread : threads) thread.join();
}

/** The inputs and outputs of one call; tensors are released with it. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    for (auto* tensor : tensors_) TF_DeleteTensor(tensor);
    if (TF_GetCode(status_) != 0) TF_OpKernelContext_Failure(context_, status_);
    TF_DeleteStatus(status_);
  }

  template <typename Value>
  const Value* input(int index, const std::vector<int64_t>& dimensions) {
    TF_Tensor* tensor = nullptr;
    if (!ok()) return nullptr;
    TF_GetInput(context_, index, &tensor, status_);
    if (!ok()) return nullptr;
    tensors_.push_back(tensor);
    bool fits = TF_NumDims(tensor) == int(dimensions.size());
    for (size_t axis = 0; fits && axis < dimensions.size(); ++axis)
      fits = TF_Dim(tensor, int(axis)) == dimensions[axis];
    if (!fits) return fail("an input has an unfit shape"), nullptr;
    return static_cast<const Value*>(TF_TensorData(tensor));
  }

  float* output(int index, const std::vector<int64_t>& dimensions) {
    if (!ok()) return nullptr;
    size_t bytes = sizeof(float);
    for (const int64_t size : dimensions) bytes *= size;
    auto* tensor = TF_AllocateOutput(context_, index, kFloat, dimensions.data(),
                                     int(dimensions.size()), bytes, status_);
    if (!ok()) return nullptr;
    tensors_.push_back(tensor);
    return static_cast<float*>(TF_TensorData(tensor));
  }

  /** The batch, frames and units that a tensor [batch, frames, parts * units] speaks of. */
  Shape shape(int index, int parts) {
    TF_Tensor* tensor = nullptr;
    if (ok()) TF_GetInput(context_, index, &tensor, status_);
    if (!ok()) return {};
    tensors_.push_back(tensor);
    if (TF_NumDims(tensor) != 3) return fail("a sequence needs three dimensions"), Shape{};
    return {int(TF_Dim(tensor, 0)), int(TF_Dim(tensor, 1)), int(TF_Dim(tensor, 2) / parts),
            nullptr};
  }

  void read_lengths(int index, Shape& shape) {
    shape.lengths = input<int32_t>(index, {shape.batch});
    if (!ok()) return;
    for (int sequence = 0; sequence < shape.batch; ++sequence)
      if (shape.lengths[sequence] < 0 || shape.lengths[sequence] > shape.frames)
        return fail("a length lies outside 0 to the number of frames");
  }

  void fail(const char* message) { TF_SetStatus(status_, kInvalidArgument, message); }
  bool ok() const { return TF_GetCode(status_) == 0; }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> tensors_;
};

void compute_forward(void*, TF_OpKernelContext* context) {
  Call call(context);
  Shape shape = call.shape(0, 4);
  const int64_t batch = shape.batch, frames = shape.frames, units = shape.units;
  Direction directions[2] = {};
  directions[1].reverse = true;
  for (int side = 0; side < 2; ++side) {
    directions[side].projection = call.input<float>(side, {batch, frames, 4 * units});
    directions[side].bias = call.input<float>(2 + side, {4 * units});
    directions[side].recurrent = call.input<float>(4 + side, {units, 4 * units});
    directions[side].gates = call.output(2 + side, {batch, frames, 4 * units});
    directions[side].cells = call.output(4 + side, {batch, frames, units});
  }
  call.read_lengths(6, shape);
  directions[0].hidden = directions[1].hidden = call.output(0, {batch, frames, 2 * units});
  directions[0].last = directions[1].last = call.output(1, {batch, 2 * units});
  if (call.ok()) run_in_parallel(shape, directions, run_forward);
}

void compute_gradient(void*, TF_OpKernelContext* context) {
  Call call(context);
  Shape shape = call.shape(2, 4);
  const int64_t batch = shape.batch, frames = shape.frames, units = shape.units;
  Direction directions[2] = {};
  directions[1].reverse = true;
  for (int side = 0; side < 2; ++side) {
    auto& direction = directions[side];
    direction.recurrent = call.input<float>(side, {units, 4 * units});
    direction.gates_in = call.input<float>(2 + side, {batch, frames, 4 * units});
    direction.cells_in = call.input<float>(4 + side, {batch, frames, units});
    direction.hidden_in = call.input<float>(6, {batch, frames, 2 * units});
    direction.hidden_gradient = call.input<float>(7, {batch, frames, 2 * units});
    direction.last_gradient = call.input<float>(8, {batch, 2 * units});
    direction.gate_gradients = call.output(side, {batch, frames, 4 * units});
    direction.previous = call.output(2 + side, {batch, frames, units});
  }
  call.read_lengths(9, shape);
  if (call.ok()) run_in_parallel(shape, directions, run_backward);
}

void infer_nothing(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

void register_operation(const char* name, std::initializer_list<const char*> inputs,
                        std::initializer_list<const char*> outputs,
                        void (*compute)(void*, TF_OpKernelContext*)) {
  auto* status = TF_NewStatus();
  auto* operation = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(operation, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(operation, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(operation, infer_nothing);
  TF_RegisterOpDefinition(operation, status);
  auto* kernel = TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr);
  TF_RegisterKernelBuilder(name, kernel, status);
  TF_DeleteStatus(status);
}

void register_operations() {
  register_operation(
      "SerBidirectionalLstm",
      {"projection_forward: float", "projection_backward: float", "bias_forward: float",
       "bias_backward: float", "recurrent_forward: float", "recurrent_backward: float",
       "lengths: int32"},
      {"hidden: float", "last: float", "gates_forward: float", "gates_backward: float",
       "cells_forward: float", "cells_backward: float"},
      compute_forward);
  register_operation(
      "SerBidirectionalLstmGrad",
      {"recurrent_forward: float", "recurrent_backward: float", "gates_forward: float",
       "gates_backward: float", "cells_forward: float", "cells_backward: float", "hidden: float",
       "hidden_gradient: float", "last_gradient: float", "lengths: int32"},
      {"gate_gradients_forward: float", "gate_gradients_backward: float",
       "previous_forward: float", "previous_backward: float"},
      compute_gradient);
}

}  // namespace

/** Called by Node, which loads this file as an addon; it adds nothing to JavaScript. */
extern "C" void* napi_register_module_v1(void*, void* exports) {
  // Once a process: threads of Node load it again.
  static std::once_flag once;
  std::call_once(once, register_operations);
  return exports;
}
