#include "textflag.h"

// func sum(data []byte) uint32
TEXT ·sum(SB), NOSPLIT, $0-28
	MOVQ data_base+0(FP), SI
	MOVQ data_len+8(FP), CX
	XORL AX, AX
	TESTQ CX, CX
	JEQ  done

loop:
	ROLL $5, AX
	MOVBLZX (SI), DX
	ADDL DX, AX
	INCQ SI
	DECQ CX
	JNE  loop

done:
	MOVL AX, ret+24(FP)
	RET
