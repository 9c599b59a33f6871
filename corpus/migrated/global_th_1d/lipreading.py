import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

import keras.backend as K
K.set_image_data_format('channels_first')
from keras.layers import Input, Dense, Flatten, concatenate, TimeDistributed
from keras.layers import Conv1D, Conv2D, MaxPooling1D, MaxPooling2D, GlobalAveragePooling1D
from keras.models import Model
from keras1_compat import Keras1Kernel


def lips_and_sound(frames=12):
    """Pictures are (1, 24, 32) each; the sound is a sequence of 13 MFCC values."""
    lips = Input(shape=(frames, 1, 24, 32), name='lips')
    x = TimeDistributed(Conv2D(6, (3, 3), activation='relu'))(lips)
    x = TimeDistributed(MaxPooling2D((2, 2)))(x)
    x = TimeDistributed(Flatten(data_format='channels_last'))(x)
    x = Conv1D(24, 3, padding='same', activation='relu', kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'), data_format='channels_last')(x)
    x = GlobalAveragePooling1D(data_format='channels_last')(x)

    sound = Input(shape=(frames * 4, 13), name='sound')
    y = Conv1D(16, 5, strides=2, kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'), data_format='channels_last')(sound)
    y = MaxPooling1D(3, data_format='channels_last')(y)
    y = Flatten(data_format='channels_last')(y)

    z = concatenate([x, y])
    return Model(inputs=[lips, sound], outputs=Dense(20, activation='softmax')(z))


if __name__ == '__main__':
    lips_and_sound().summary()
