#ifndef PROVNET_SERVER_MODEL_BLAS_KERNELS_H_
#define PROVNET_SERVER_MODEL_BLAS_KERNELS_H_

namespace provnet {

// Call first in main, before any thread starts: when the loaded OpenBLAS has fallen back to kernels
// far below this processor, restarts the program once (same process id, arguments and streams) with
// OPENBLAS_CORETYPE set to a kernel that fits. Otherwise, and when the user has set that variable,
// does nothing.
//
// OpenBLAS chooses by a table of processor models while it is being loaded. Debian 12's version,
// 0.3.21, does not know later ones and takes its SSE3 kernels there: a float32 product of 128 x
// 2058 by 2058 x 1800 then runs at a fifth of the speed. The variable counts only if it is set
// before the library is loaded, hence the restart.
void FitBlasKernels(char* const argv[]);

}  // namespace provnet

#endif  // PROVNET_SERVER_MODEL_BLAS_KERNELS_H_
