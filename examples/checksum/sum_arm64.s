#include "textflag.h"

// func sum(data []byte) uint32
TEXT ·sum(SB), NOSPLIT, $0-28
	MOVD data_base+0(FP), R0
	MOVD data_len+8(FP), R1
	MOVW ZR, R2
	CBZ  R1, done

loop:
	RORW $27, R2, R2
	MOVBU.P 1(R0), R3
	ADDW R3, R2, R2
	SUB  $1, R1, R1
	CBNZ R1, loop

done:
	MOVW R2, ret+24(FP)
	RET
